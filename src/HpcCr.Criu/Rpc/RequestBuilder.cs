using HpcCr.Criu.Wire;

namespace HpcCr.Criu;

/// <summary>Our options in the engine's words.</summary>
internal static class RequestBuilder
{
    public static Request Dump(DumpOptions options, ImagesFolder images)
    {
        var wire = Common(options, images);
        wire.Pid = options.RootPid;
        wire.LogFile = options.LogFile;
        wire.LeaveRunning = options.LeaveRunning;
        wire.GhostLimit = options.GhostLimitBytes;
        if (options.TimeoutSeconds > 0) wire.Timeout = options.TimeoutSeconds;
        if (options.ConfigFile is not null) wire.ConfigFile = options.ConfigFile;
        if (options.FreezeCgroup is not null) wire.FreezeCgroup = options.FreezeCgroup;
        return new Request { Type = RequestType.Dump, Options = wire };
    }

    public static Request Restore(RestoreOptions options, ImagesFolder images)
    {
        var wire = Common(options, images);
        wire.LogFile = options.LogFile;
        wire.RestoreSibling = options.RstSibling;
        if (options.Root is not null) wire.Root = options.Root;
        wire.InheritFd.AddRange(options.InheritFd.Select(i => new InheritedFile { Fd = i.Fd, Key = i.Key }));
        return new Request { Type = RequestType.Restore, Options = wire };
    }

    private static Options Common(EngineOptions options, ImagesFolder images)
    {
        var wire = new Options
        {
            ImagesDirFd = options.ImagesByPath ? -1 : images.Descriptor,
            TcpEstablished = options.TcpEstablished,
            FileLocks = options.FileLocks,
            LinkRemap = options.LinkRemap,
            ExternalUnixSockets = options.ExtUnixSockets,
            ShellJob = options.ShellJob,
            NetworkLock = (NetworkLock)options.NetworkLock,
            CgroupMode = (Wire.CgroupMode)options.ManageCgroups,
            LogLevel = options.LogLevel,
            Notify = true,
        };
        if (options.ImagesByPath) wire.ImagesDir = Path.GetFullPath(options.ImagesDirectory);
        if (options.AutoExternalMounts) wire.External.Add("mnt[]:ms");
        wire.External.AddRange(options.External);
        return wire;
    }
}
