using System.Globalization;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>A command that a plugin has run in the sandbox: it is over before the plugin's event is, so that no epoch has it.</summary>
internal static class JobCommand
{
    private const string Mark = "HPCCR_PLUGIN_COMMAND";
    private const int MostStatusCharacters = 16;
    private static readonly string[] WhileTheJobRuns = [PluginEvents.Quiesce, PluginEvents.Resumed, PluginEvents.Restored, PluginEvents.Aborted];
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs it.</summary>
    /// <param name="job">The sandbox.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="name">The event.</param>
    /// <param name="cancellationToken">The event is over: the command is ended.</param>
    /// <returns>The exit code, or why there is none.</returns>
    public static async Task<HostLine> AnswerAsync(LocalJob job, IReadOnlyList<string> command, string name, CancellationToken cancellationToken)
    {
        if (!WhileTheJobRuns.Contains(name) || job.Restoring is not null)
            return new HostLine { Failure = $"the job does not run at {name}" };
        if (job.Spec.Attached)
            return new HostLine { Failure = "nothing can be run in an attached tree" };
        if (command.Count == 0 || command.Any(word => word.Contains('\0')))
            return new HostLine { Failure = "that is no command" };
        var id = Guid.NewGuid().ToString("N");
        var status = $".hpccr-command-{id}";
        var outside = Path.Combine(job.Layout.Temporary, status);
        try
        {
            // Not to be given up half-way: what is ended below must be there by then.
            await job.AskAsync(new GuardRequest { Spawn = new SpawnInSandbox { Entry = job.Entries.Beside(command, $"{Mark}={id}", Path.Combine(job.Layout.TemporaryInside, status)) } }, CancellationToken.None);
            string? said;
            while ((said = Read(job, outside)) is null)
                await Task.Delay(LookEvery, cancellationToken);
            return int.TryParse(said, CultureInfo.InvariantCulture, out var code) ? new HostLine { Value = $"{code}" } : new HostLine { Failure = "its exit code cannot be read" };
        }
        catch (Exception e) when (e is HpcCr.Core.HpcCrException or LinuxException or IOException)
        {
            return new HostLine { Failure = e.Message };
        }
        finally
        {
            End(job, $"{Mark}={id}");
            job.Store.Run(() =>
            {
                File.Delete(outside);
                return 0;
            });
        }
    }

    // As the job's user, whose folder it is, and who may have put anything there.
    private static string? Read(LocalJob job, string path) => job.Store.Run(() =>
    {
        if (RegularFile.LengthOf(path) is null)
            return null;
        using var reader = new StreamReader(new FileStream(RegularFile.Open(path), FileAccess.Read));
        var text = new char[MostStatusCharacters];
        return new string(text, 0, reader.ReadBlock(text)) is var said && said.EndsWith('\n') ? said.Trim() : null;
    });

    private static void End(LocalJob job, string mark)
    {
        foreach (var pid in job.Cgroup.Processes().Where(pid => pid > 0))
        {
            try
            {
                using var process = PidFd.Open(pid);
                if (ProcFs.EnvironmentOf(pid).Contains(mark))
                    process.SendSignal(Signals.Kill);
            }
            catch (LinuxException e) when (e.Errno == Errno.ESRCH)
            {
                // It has just ended.
            }
        }
    }
}
