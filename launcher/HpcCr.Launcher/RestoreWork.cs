using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>What one node knows about the restore under way.</summary>
/// <param name="Manifest">The epoch.</param>
/// <param name="Sandbox">The node's part of it.</param>
/// <param name="Relocation">Where it goes, and what changes by that.</param>
/// <param name="EpochPath">The epoch's folder.</param>
/// <param name="Staging">The root-only folder with the verified copy of the images.</param>
/// <param name="LeaseMs">How long nothing may be heard of the coordinator, in milliseconds.</param>
internal sealed record RestoreWork(Manifest Manifest, ManifestNode Sandbox, SandboxRelocation Relocation, string EpochPath, string Staging, uint LeaseMs)
{
    /// <summary>Whether every process is rebuilt and waits for the word to go.</summary>
    public bool IsAtGate { get; set; }

    /// <summary>Its sockets, with the addresses that they get here.</summary>
    public MovedSockets Sockets { get; } = new(Sandbox, Relocation);

    /// <summary>What plugins have given in place of unix sockets and pipes, by the engine's names; closed when the engine has them.</summary>
    public List<(string Key, Microsoft.Win32.SafeHandles.SafeFileHandle File)> Replaced { get; } = [];

    /// <summary>Names that were given to files for the engine, which removes them; after a restore that failed they are still there.</summary>
    public List<string> MadeLinks { get; } = [];

    /// <summary>What is done with the files of the job.</summary>
    public FileTreatment Treatment { get; init; }

    /// <summary>The engine's images.</summary>
    public string Images => Path.Combine(Staging, EpochWork.ImagesName);

    /// <summary>The archive of the sandbox's private files.</summary>
    public string Files => Path.Combine(Staging, EpochWork.FilesName);
}
