using System.Text.Json;
using HpcCr.Core;
using HpcCr.Criu.Images;
using HpcCr.Linux;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>Gives restored processes what the engine does not: partly by mending the images, partly once the processes are there and none of them runs.</summary>
internal static class KernelStateRestore
{
    /// <summary>Mends the images, which are a copy of this restore's own.</summary>
    /// <exception cref="ImageFormatException">The images are damaged.</exception>
    public static void MendImages(RestoreWork work)
    {
        TimersImage.Repair(work.Images);
        SharedMappings.Align(work.Images);
        if (Read(work) is not { } state)
            return;
        FifosImage.OpenWithoutWriter(work.Images, state.Fifos.Select(fifo => fifo.Inode).ToHashSet());
        CpuLimitsImage.Lower(work.Images, state.CpuTimes.ToDictionary(time => time.Pid, time => time.Seconds));
        FileLocksImage.ReplacePosix(work.Images, [.. state.Locks.Select(l => new PosixLockEntry(l.Pid, l.Descriptor, l.IsExclusive, l.Start, l.Length))]);
    }

    /// <summary>Sets what the images cannot say; the engine stands at its gate.</summary>
    public static void PutBack(LocalJob job, RestoreWork work)
    {
        if (Read(work) is not { } state)
            return;
        var pids = job.Cgroup.Processes().Select(pid => (Here: pid, Inside: ProcFs.NamespacePids(pid)))
            // The engine is in the cgroup too, and not in the sandbox's pid namespace.
            .Where(p => p.Inside.Count > 1).ToDictionary(p => p.Inside[^1], p => p.Here);
        foreach (var terminal in state.Terminals)
        {
            With(job, pids, terminal.Pid, terminal.Descriptor, file =>
            {
                using var process = PidFd.Open(file.Pid);
                using var master = process.GetFd(file.Number);
                new TerminalQueues(terminal.IsHungUp, terminal.Output, terminal.Lines, terminal.Begun).PutBack(master);
            });
        }

        foreach (var fifo in state.Fifos.Where(fifo => fifo.IsBlocking))
            With(job, pids, fifo.Pid, fifo.Descriptor, NamedPipeEnd.SetBlocking);
        foreach (var socket in state.Sockets)
        {
            With(job, pids, socket.Pid, socket.Descriptor, file =>
            {
                if (socket.Multicast is null)
                    KeepAlive.Set(file, socket.KeepAlive, socket.UserTimeoutMs);
                foreach (var fault in Moved(socket.Multicast, work)?.Set(file) ?? [])
                    Warn(job, socket.Pid, socket.Descriptor, fault);
            });
        }
    }

    // The address of the interface to send by is one of the node's own.
    private static MulticastSettings? Moved(MulticastSettings? settings, RestoreWork work) =>
        settings?.Address is { } address ? settings with { Address = work.Sockets.MovedAddress(address) } : settings;

    private static void With(LocalJob job, Dictionary<int, int> pids, int pid, int descriptor, Action<OpenDescriptor> set)
    {
        try
        {
            if (pids.TryGetValue(pid, out var here))
                set(new OpenDescriptor(here, descriptor, ProcFs.LinkOf(here, $"fd/{descriptor}") ?? ""));
        }
        catch (Exception e) when (e is LinuxException or TimeoutException)
        {
            Warn(job, pid, descriptor, e.Message);
        }
    }

    private static void Warn(LocalJob job, int pid, int descriptor, string why) =>
        job.Log.LogWarning("{Job}: descriptor {Descriptor} of process {Pid} is not in all as it was: {Why}", job.Spec.Name, descriptor, pid, why);

    private static KernelStateRecord? Read(RestoreWork work)
    {
        var path = Path.Combine(work.Staging, KernelStateRecord.FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), KernelStateJson.Default.KernelStateRecord);
        }
        catch (JsonException e)
        {
            throw new HpcCrException(FailureKind.Damaged, $"{KernelStateRecord.FileName} of {work.Sandbox.Node} is damaged: {e.Message}", "", e);
        }
    }
}
