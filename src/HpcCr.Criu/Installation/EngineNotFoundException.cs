namespace HpcCr.Criu;

/// <summary>No usable engine is installed.</summary>
public sealed class EngineNotFoundException : Exception
{
    /// <summary>Lists what was looked at.</summary>
    /// <param name="candidates">Each place, with its problem.</param>
    public EngineNotFoundException(IReadOnlyList<CriuCandidate> candidates)
        : base($"no CRIU {EngineVersion.Minimum} or newer on this node ({string.Join("; ", candidates.Select(Text))}); "
            + "run setup.sh, or set HPCCR_CRIU to its path") => Candidates = candidates;

    /// <summary>Each place, with its problem.</summary>
    public IReadOnlyList<CriuCandidate> Candidates { get; }

    private static string Text(CriuCandidate candidate) => $"{candidate.Path} from {candidate.Origin}: {candidate.Problem}";
}
