using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Output;

/// <summary>A coordinator's progress as a line.</summary>
internal static class ProgressText
{
    /// <summary>The line, such as <c>freeze: waiting for node2</c>.</summary>
    public static string Of(Progress progress) => progress.Text.Length == 0 ? progress.Phase : $"{progress.Phase}: {progress.Text}";
}
