using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>The job's plugins must be here, and readable.</summary>
internal sealed class PluginCheck : IRestoreCheck
{
    public string Name => "plugins";

    public RestoreFinding Look(RestoreTarget target)
    {
        try
        {
            var found = new PluginFolders(target.Options.Plugins).OfJob(target.Manifest.Spec);
            return new RestoreFinding(found.Count == 0 ? "none" : string.Join(", ", found.Select(plugin => plugin.Name)), []);
        }
        catch (HpcCrException e)
        {
            return new RestoreFinding("", [e.Message]);
        }
    }
}
