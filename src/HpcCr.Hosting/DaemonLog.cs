using Microsoft.Extensions.Logging;
using NLog;
using NLog.Config;
using NLog.Extensions.Logging;
using NLog.Targets;

namespace HpcCr.Hosting;

/// <summary>The log of a daemon: NLog behind <see cref="Microsoft.Extensions.Logging.ILogger"/>, one line per event.</summary>
public static class DaemonLog
{
    private const string Line = "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.fffZ} ${level:uppercase=true:padding=-5} ${logger:shortName=true}: ${message}${onexception:${newline}${exception:format=tostring}}";
    private const long RotateAboveBytes = 64 << 20;

    /// <summary>Opens the log.</summary>
    /// <param name="file">A file, mode 0600, rotated above 64 MiB with three kept; null: standard error.</param>
    /// <param name="minimum">What is less important is dropped.</param>
    public static ILoggerFactory Open(string? file, Microsoft.Extensions.Logging.LogLevel minimum = Microsoft.Extensions.Logging.LogLevel.Information)
    {
        var logs = new LogFactory();
        Target target = file is null
            ? new ConsoleTarget("log") { Layout = Line, StdErr = true }
            : new PrivateFileTarget("log") { FileName = Path.GetFullPath(file), Layout = Line, ArchiveAboveSize = RotateAboveBytes, MaxArchiveFiles = 3, KeepFileOpen = true };
        var configuration = new LoggingConfiguration(logs);
        configuration.AddRule(NLog.LogLevel.Trace, NLog.LogLevel.Fatal, target);
        logs.Configuration = configuration;
        return LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(minimum);
            builder.AddFilter("Microsoft", Microsoft.Extensions.Logging.LogLevel.Warning);
            builder.AddProvider(new NLogLoggerProvider(new NLogProviderOptions(), logs));
        });
    }
}
