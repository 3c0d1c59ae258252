using HpcCr.Criu;

namespace HpcCr.Launcher;

/// <summary>The engine works, and is not older than the one that wrote the images.</summary>
internal sealed class EngineCheck : IRestoreCheck
{
    public string Name => "engine";

    public RestoreFinding Look(RestoreTarget target)
    {
        if (target.Node.EngineFault is { } fault)
            return new RestoreFinding(target.Node.Engine, [fault]);
        var isOlder = EngineVersion.TryParse(target.Manifest.Engine, out var wrote) && EngineVersion.TryParse(target.Node.Engine, out var here) && here < wrote;
        return new RestoreFinding(target.Node.Engine,
            isOlder ? [$"the engine is {target.Node.Engine}, older than the {target.Manifest.Engine} that wrote the images; install that one or a newer"] : []);
    }
}
