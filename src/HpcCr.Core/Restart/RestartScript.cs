using System.Reflection;

namespace HpcCr.Core;

/// <summary>The restart script of an epoch, rendered from the template <c>restart.sh.template</c>.</summary>
public static class RestartScript
{
    /// <summary>Renders the script.</summary>
    /// <param name="manifest">The epoch.</param>
    /// <returns>A POSIX shell script that checks the epoch's folder and calls <c>hpccr restart</c>.</returns>
    public static string Render(Manifest manifest)
    {
        var folders = string.Join(' ', manifest.Nodes.Select(n => Quote(n.Node)));
        return Template()
            .Replace("@JOB@", JobName.Printable(manifest.Job), StringComparison.Ordinal)
            .Replace("@EPOCH@", manifest.Epoch.ToString(), StringComparison.Ordinal)
            .Replace("@TIME@", manifest.Time.ToString("u"), StringComparison.Ordinal)
            .Replace("@NODE_LIST@", JobName.Printable(string.Join(", ", manifest.Nodes.Select(n => n.Node))), StringComparison.Ordinal)
            .Replace("@NODES@", folders, StringComparison.Ordinal);
    }

    /// <summary>The text as one word of a POSIX shell, whatever it holds.</summary>
    public static string Quote(string text) => "'" + text.Replace("'", @"'\''", StringComparison.Ordinal) + "'";

    private static string Template()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("restart.sh.template")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
