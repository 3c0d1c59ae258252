using System.ComponentModel;
using System.Diagnostics;

namespace HpcCr.Criu;

/// <summary>The engine installed on this node.</summary>
/// <param name="Path">The program.</param>
/// <param name="Version">Its version, at least <see cref="EngineVersion.Minimum"/>.</param>
public sealed record CriuInstallation(string Path, EngineVersion Version)
{
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Where to look, best first: `criu` of `$PATH`, `${HPCCR_PREFIX:-/opt/hpccr}/criu/bin/criu`; only `$HPCCR_CRIU` where that is set.</summary>
    /// <param name="environment">Looks up a variable; null: the process's own environment.</param>
    /// <returns>The places; not all of them need exist.</returns>
    public static IReadOnlyList<CriuCandidate> Candidates(Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        // Who chose one does not want another in its place.
        if (environment("HPCCR_CRIU") is { Length: > 0 } chosen) return [new CriuCandidate(chosen, "$HPCCR_CRIU")];
        var places = new List<CriuCandidate>();
        var ofPath = (environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => System.IO.Path.Combine(folder, "criu"))
            .FirstOrDefault(File.Exists);
        if (ofPath is not null) places.Add(new CriuCandidate(ofPath, "$PATH"));
        var prefix = environment("HPCCR_PREFIX") is { Length: > 0 } set ? set : "/opt/hpccr";
        places.Add(new CriuCandidate(System.IO.Path.Combine(prefix, "criu/bin/criu"), "$HPCCR_PREFIX"));
        return places;
    }

    /// <summary>Takes the first candidate that is new enough.</summary>
    /// <param name="environment">Looks up a variable; null: the process's own environment.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The installation.</returns>
    /// <exception cref="EngineNotFoundException">None is; the exception says why each is not.</exception>
    public static async Task<CriuInstallation> FindAsync(
        Func<string, string?>? environment = null, CancellationToken cancellationToken = default)
    {
        var refused = new List<CriuCandidate>();
        foreach (var place in Candidates(environment))
        {
            var candidate = await ProbeAsync(place, cancellationToken);
            if (candidate is { Problem: null, Version: { } version }) return new CriuInstallation(candidate.Path, version);
            refused.Add(candidate);
        }

        throw new EngineNotFoundException(refused);
    }

    /// <summary>Asks one candidate for its version.</summary>
    /// <param name="candidate">The place.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The candidate with version or problem filled in.</returns>
    public static async Task<CriuCandidate> ProbeAsync(CriuCandidate candidate, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (!File.Exists(candidate.Path)) return candidate with { Problem = "not there" };
        try
        {
            var text = await AskVersionAsync(candidate.Path, cancellationToken);
            // Other programs have versions, too.
            if (!text.TrimStart().StartsWith("Version:", StringComparison.Ordinal) || !EngineVersion.TryParse(text, out var version)) return candidate with { Problem = "does not tell its version" };
            return version >= EngineVersion.Minimum
                ? candidate with { Version = version }
                : candidate with { Version = version, Problem = $"version {version} is older than {EngineVersion.Minimum}" };
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return candidate with { Problem = $"cannot be run: {e.Message}" };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return candidate with { Problem = $"did not tell its version within {ProbeDeadline.TotalSeconds} s" };
        }
    }

    private static async Task<string> AskVersionAsync(string path, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(path, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ProbeDeadline);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            var text = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await errors;
            await process.WaitForExitAsync(deadline.Token);
            return text;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
