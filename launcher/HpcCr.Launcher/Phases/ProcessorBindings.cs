using HpcCr.Core;
using HpcCr.Linux;
using Microsoft.Extensions.Logging;

namespace HpcCr.Launcher;

/// <summary>Which threads of the job are bound to processors. The engine forgets it, so this remembers.</summary>
internal static class ProcessorBindings
{
    private const int SandboxRoot = 1;

    /// <summary>The threads that may not run where those may that nobody binds.</summary>
    /// <param name="job">The job, frozen.</param>
    public static IReadOnlyList<ProcessorBinding>? OfJob(LocalJob job)
    {
        var threads = ThreadsOf(job).ToList();
        // What the engine restores runs where the guard may, and so does this launcher.
        var unbound = job.Spec.Attached
            ? ThreadProcessors.Of(Environment.ProcessId)[0].Processors
            : threads.FirstOrDefault(t => t.Inside == SandboxRoot).Processors;
        ProcessorBinding[] bound = [.. threads.Where(t => t.Processors != unbound).GroupBy(t => t.Processors, t => t.Inside)
            .Select(group => new ProcessorBinding(group.Key, [.. group]))];
        return bound.Length > 0 ? bound : null;
    }

    /// <summary>Binds them again, as far as this node has those processors.</summary>
    /// <param name="job">The job, restored, none of its threads running.</param>
    /// <param name="bindings">What was so at the cut.</param>
    public static void PutBack(LocalJob job, IReadOnlyList<ProcessorBinding>? bindings)
    {
        if (bindings is null)
            return;
        var threads = ThreadsOf(job).ToDictionary(t => t.Inside, t => t.Here);
        foreach (var binding in bindings)
        {
            try
            {
                foreach (var thread in binding.Threads.Where(threads.ContainsKey))
                    ThreadProcessors.Bind(threads[thread], binding.Processors);
            }
            catch (Exception e) when (e is LinuxException or FormatException)
            {
                job.Log.LogWarning("{Job}: {Count} threads that were bound to the processors {Processors} run on any now: {Why}",
                    job.Spec.Name, binding.Threads.Count, binding.Processors, e.Message);
            }
        }
    }

    // The engine of a restore is in the cgroup too, but not in the sandbox's pid namespace.
    private static IEnumerable<(int Here, int Inside, string Processors)> ThreadsOf(LocalJob job) =>
        job.Cgroup.Processes().SelectMany(ThreadProcessors.Of)
            .Where(t => t.NamespaceNumbers.Count > 1 || job.Spec.Attached).Select(t => (t.Thread, t.NamespaceNumbers[^1], t.Processors));
}
