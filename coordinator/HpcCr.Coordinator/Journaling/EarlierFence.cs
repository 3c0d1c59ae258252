using System.Globalization;
using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>
/// How long earlier coordinators may have allowed parts of jobs to run without a word: kept beside the journal, for a node that has not come back
/// since goes by what it was told last.
/// </summary>
internal static class EarlierFence
{
    private const string FileName = "fence-ms";

    /// <summary>Reads it, and writes down what holds from now on, which is the longer of both until the earlier one is over.</summary>
    /// <param name="folder">The journal's folder, which this coordinator holds.</param>
    /// <param name="fence">What this coordinator allows; null: to run without end.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <returns>What earlier ones allowed; null: to run without end.</returns>
    /// <exception cref="HpcCrException">It cannot be written (failed).</exception>
    public static async Task<TimeSpan?> ExchangeAsync(string folder, TimeSpan? fence, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, FileName);
        var earlier = Read(path, fence);
        await WriteAsync(path, earlier is null || fence is null ? null : earlier > fence ? earlier : fence, cancellationToken);
        if (earlier != fence && earlier is { } length)
            _ = LowerAsync(path, length, fence, cancellationToken);
        return earlier;
    }

    private static TimeSpan? Read(string path, TimeSpan? fence)
    {
        if (!File.Exists(path))
            return fence;
        return long.TryParse(File.ReadAllText(path), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
    }

    private static async Task LowerAsync(string path, TimeSpan earlier, TimeSpan? fence, CancellationToken cancellationToken)
    {
        await Task.Delay(earlier * 2, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested)
            await WriteAsync(path, fence, cancellationToken);
    }

    private static async Task WriteAsync(string path, TimeSpan? fence, CancellationToken cancellationToken)
    {
        try
        {
            var text = ((long)(fence?.TotalMilliseconds ?? 0)).ToString(CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync(path + ".new", text + "\n", cancellationToken);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HpcCrException(FailureKind.Failed, $"{path} cannot be written: {e.Message}", "Make room where it lies (--state-dir), and start again.", e);
        }
    }
}
