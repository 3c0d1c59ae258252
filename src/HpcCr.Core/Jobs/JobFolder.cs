namespace HpcCr.Core;

/// <summary>The layout of a job's folder, <c>CKPT-DIR/JOB/</c>.</summary>
public static class JobFolder
{
    /// <summary>What the job's plugins were told, and what they said.</summary>
    public const string PluginLog = "plugins.log";

    /// <summary>The file with the job's last known state (<see cref="JobRecord"/>).</summary>
    public const string Record = "job.json";

    /// <summary>The link to the newest epoch; a hint for people.</summary>
    public const string Latest = "latest";

    /// <summary>The job's standard output.</summary>
    public const string StandardOutput = "stdout.log";

    /// <summary>The job's standard error.</summary>
    public const string StandardError = "stderr.log";

    /// <summary>In an epoch's folder: what the job wrote after the cut, kept by a restart that put its files back.</summary>
    public const string WrittenAfter = "written-after";

    /// <summary>What remote starts on a node write to their standard output and error.</summary>
    public static string NodeOutput(string node) => $"{node}.log";
}
