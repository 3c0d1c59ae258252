namespace HpcCr.Cli.CommandLine;

/// <summary>Reads what a restart does with the files of the job.</summary>
internal static class Treatment
{
    /// <summary>Reads the value of <c>--files</c>.</summary>
    /// <exception cref="HpcCrException">It is none of the three words (usage).</exception>
    public static FileTreatment Of(string? text) => text switch
    {
        null or "rollback" => FileTreatment.Rollback,
        "keep" => FileTreatment.Keep,
        "check" => FileTreatment.Check,
        _ => throw new HpcCrException(FailureKind.Usage, $"'{JobName.Printable(text)}' of --files is no way to treat files", "Write keep, rollback or check."),
    };
}
