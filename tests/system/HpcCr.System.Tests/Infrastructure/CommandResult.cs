using System.Text.Json;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>How a command ended.</summary>
internal sealed record CommandResult(string CommandLine, int ExitCode, string Stdout, string Stderr)
{
    /// <summary>Standard output as one JSON document.</summary>
    public JsonElement Json
    {
        get
        {
            try
            {
                using var document = JsonDocument.Parse(Stdout);
                return document.RootElement.Clone();
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"no JSON document ({e.Message}):\n{this}", e);
            }
        }
    }

    /// <summary>Fails the test unless the command ended with this exit code.</summary>
    public CommandResult EndsWith(int exitCode)
    {
        if (ExitCode != exitCode) Assert.Fail($"exit code {exitCode} was expected:\n{this}");
        return this;
    }

    /// <summary>Fails the test unless the command failed with this exit code and a sentence on stderr that contains the words.</summary>
    public CommandResult FailsWith(int exitCode, params IEnumerable<string> words)
    {
        EndsWith(exitCode);
        if (!Stderr.StartsWith("hpccr: ", StringComparison.Ordinal) && !Stderr.Contains("\nhpccr: ", StringComparison.Ordinal))
            Assert.Fail($"a sentence on stderr was expected:\n{this}");
        foreach (var word in words)
            if (!Stderr.Contains(word, StringComparison.Ordinal))
                Assert.Fail($"'{word}' was expected on stderr:\n{this}");
        if (Stderr.Contains("   at ", StringComparison.Ordinal) || Stderr.Contains("defect", StringComparison.Ordinal))
            Assert.Fail($"a sentence for users was expected, not a trace:\n{this}");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => $"$ {CommandLine}\nexit code {ExitCode}\n--- stdout\n{Stdout}\n--- stderr\n{Stderr}";
}
