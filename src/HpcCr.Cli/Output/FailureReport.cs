namespace HpcCr.Cli.Output;

/// <summary>Tells a failure to the user and to scripts. Nobody sees a stack trace who did not ask for one.</summary>
internal static class FailureReport
{
    private const string TraceVariable = "HPCCR_TRACE";

    /// <summary>Writes it.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="isJson">Whether standard output gets a document.</param>
    /// <param name="isForeground">Whether the command ends with the exit code of a job.</param>
    /// <returns>The exit code.</returns>
    public static int Write(Exception failure, bool isJson, bool isForeground)
    {
        var told = Told(failure);
        var exitCode = ExitCode(told.Kind, isForeground);
        Console.Error.WriteLine($"hpccr: {SafeText.Clean(told.Sentence)}");
        if (Environment.GetEnvironmentVariable(TraceVariable) == "1") Console.Error.WriteLine(failure);
        if (isJson) Terminal.Document(Document(told, exitCode), CliJson.Default.ErrorDocument);
        return exitCode;
    }

    /// <summary>The exit code of a failure: 1 would be mistaken for the job's own where that is what the command ends with.</summary>
    public static int ExitCode(FailureKind kind, bool isForeground) =>
        isForeground && kind == FailureKind.Failed ? ExitCodes.HpcCrFailed : ExitCodes.Of(kind);

    /// <summary>The document.</summary>
    public static ErrorDocument Document(HpcCrException failure, int exitCode) =>
        new(new ErrorBody(failure.Kind, failure.Message, failure.Next, exitCode));

    private static HpcCrException Told(Exception failure) => failure switch
    {
        HpcCrException told => told,
        OperationCanceledException => new HpcCrException(FailureKind.Failed, "the command was interrupted"),
        UnauthorizedAccessException e => new HpcCrException(FailureKind.NotAllowed, e.Message, "Use a path of your own, or run as its owner."),
        IOException e => new HpcCrException(FailureKind.Failed, e.Message),
        _ => new HpcCrException(FailureKind.Internal, $"HpcCr has a defect: {failure.GetType().Name}: {failure.Message}",
            $"{TraceVariable}=1 prints where; the daemons' logs are below {RunLayout.Current.Root}."),
    };
}
