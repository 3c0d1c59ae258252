using System.Globalization;
using System.Text;
using HpcCr.Core;
using HpcCr.Hosting;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The file that says that a Slurm job has this node, <c>RUN/slurm/JOBID</c>: one line with the uid of its user. Only root can read or write it.</summary>
public static class AdmissionFile
{
    private const UnixFileMode OfFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Admits a Slurm job's user.</summary>
    public static void Write(RunLayout run, uint slurmJob, uint uid)
    {
        ArgumentNullException.ThrowIfNull(run);
        Directory.CreateDirectory(run.Root);
        PrivateFolder.Make(run.Slurm);
        AtomicFile.Write(PathOf(run, slurmJob), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{uid}\n")), OfFiles);
    }

    /// <summary>The uid of the user, or null when the Slurm job is not admitted.</summary>
    public static uint? Read(RunLayout run, uint slurmJob)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            return uint.TryParse(File.ReadAllText(PathOf(run, slurmJob)), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var uid) ? uid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Takes the admission back.</summary>
    public static void Delete(RunLayout run, uint slurmJob)
    {
        ArgumentNullException.ThrowIfNull(run);
        File.Delete(PathOf(run, slurmJob));
    }

    private static string PathOf(RunLayout run, uint slurmJob) => Path.Combine(run.Slurm, slurmJob.ToString(CultureInfo.InvariantCulture));
}
