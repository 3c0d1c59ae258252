using HpcCr.Cli.Output;
using HpcCr.Store;

namespace HpcCr.Cli.Jobs;

/// <summary>Epochs as the command line shows them.</summary>
internal static class EpochViews
{
    /// <summary>A committed epoch; one whose manifest cannot be read is shown with the reason.</summary>
    public static EpochDocument Of(EpochEntry entry)
    {
        try
        {
            var manifest = EpochReader.ReadManifest(entry.Path);
            return new EpochDocument(entry.Epoch, entry.Path, manifest.Time, manifest.PauseMilliseconds, manifest.TotalBytes,
                Connections(manifest), manifest.Nodes.Count, manifest.Stopped, null);
        }
        catch (HpcCrException e)
        {
            return new EpochDocument(entry.Epoch, entry.Path, null, 0, 0, 0, 0, false, e.Message);
        }
    }

    /// <summary>The job's TCP connections, each counted once although each of its ends in the job is in the manifest.</summary>
    public static int Connections(Manifest manifest)
    {
        var ends = manifest.Nodes.SelectMany(node => node.Connections).ToList();
        return ends.Select(end => string.CompareOrdinal(end.Local, end.Remote) <= 0 ? (end.Local, end.Remote) : (end.Remote, end.Local)).Distinct().Count();
    }
}
