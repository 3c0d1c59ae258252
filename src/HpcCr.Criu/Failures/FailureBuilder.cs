using HpcCr.Criu.Wire;

namespace HpcCr.Criu;

/// <summary>Makes one cause and one remedy of the engine's answer and its log.</summary>
internal static class FailureBuilder
{
    public static EngineFailure? Build(Response result, Refusal? refusal, string folder, string logFile)
    {
        // The engine's error text is set on success too; only this field decides.
        if (result.Success) return null;
        var path = Path.Combine(folder, logFile);
        var errors = ReadLog(path);
        var (rule, cause, remedy) = refusal is null ? Explain(errors, result.ErrorMessage) : Explain(refusal);
        return new EngineFailure(rule, cause, remedy, result.ErrorNumber, errors, path);
    }

    private static IReadOnlyList<CriuLogError> ReadLog(string path)
    {
        try
        {
            using var log = new StreamReader(path);
            return CriuLogExcerpt.Parse(log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static (string? Rule, string Cause, string Remedy) Explain(IReadOnlyList<CriuLogError> errors, string answer)
    {
        // The first error is the cause, the later ones its consequences up the call chain; so is the first that we know.
        IEnumerable<CriuLogError> all = [.. errors, new CriuLogError(answer, answer.Trim(), null, [])];
        foreach (var error in all)
        {
            if (KnownFailures.Explain(error) is { } known) return (known.Failure.Name, known.Cause, known.Failure.Remedy);
        }

        var text = all.Select(error => error.Message).FirstOrDefault(message => message.Length > 0 && !KnownFailures.IsHarmless(message));
        return (null,
            text is null ? "The engine failed without naming a reason." : $"The engine failed: {text}.",
            "See the engine's log; if it says no more, report it together with the log.");
    }

    private static (string? Rule, string Cause, string Remedy) Explain(Refusal refusal) => (
        "refused",
        refusal.Reason switch
        {
            RefusalReason.Cancelled => $"It was cancelled at {refusal.At}.",
            RefusalReason.HandlerFailed => $"It was refused at {refusal.At} because answering failed: {refusal.Exception?.Message}",
            _ => $"It was refused at {refusal.At}.",
        },
        "Nothing needs to be undone; try again.");
}
