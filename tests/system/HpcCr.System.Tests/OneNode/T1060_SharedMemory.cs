using System.Diagnostics;
using System.Globalization;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1060_SharedMemory(OneNodeLab lab) : SystemTest(lab)
{
    private const long MiB = 1 << 20;

    // Every fourth MiB of the file is a hole: this much is data.
    private const long DataMiB = 1024;

    [Fact]
    public async Task AGibibyteInTheJobsSharedMemory_ComesBackWithItsHoles_AndThePauseIsAboutThatOfACopy()
    {
        string[] command = [TestPrograms.SharedMemoryFile, "--mib", "1365", "--steps", "2400"];
        var patient = CommandOptions.Default with { Deadline = TimeSpan.FromMinutes(3) };
        var job = await TestJob.StartAsync(Lab, "shmfile", [], patient, command);
        await job.WaitForLineAsync("step ", TimeSpan.FromMinutes(1));
        var epoch = await job.CheckpointAsync();
        await job.KillAsync();
        var copy = await CopySecondsAsync(patient);
        var text = string.Create(CultureInfo.InvariantCulture,
            $"pause {epoch.PauseMilliseconds / 1000:F2} s, a plain copy in memory {copy:F2} s, images {epoch.Bytes / MiB} MiB for {DataMiB} MiB of data");
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        Assert.InRange(epoch.Bytes / MiB, DataMiB, DataMiB * 11 / 10);
        // Generous: a pause that hashes, compresses or writes to disk is beyond it.
        Assert.True(epoch.PauseMilliseconds / 1000 < (5 * copy) + 3, text);

        await job.RestartAsync();
        Assert.Equal(await Undisturbed.FinalLineAsync([.. command, "--pace-us", "0"]), await job.ResultAsync());
        Directory.Delete(job.Folder, recursive: true);
    }

    private async Task<double> CopySecondsAsync(CommandOptions options)
    {
        var (from, to) = ($"/dev/shm/{Lab.NewName("from")}", $"/dev/shm/{Lab.NewName("to")}");
        try
        {
            (await Hpccr.RunProgramAsync(options, ["dd", "if=/dev/zero", $"of={from}", "bs=1M", $"count={DataMiB}"])).EndsWith(0);
            var clock = Stopwatch.StartNew();
            (await Hpccr.RunProgramAsync(options, ["cp", "--sparse=never", from, to])).EndsWith(0);
            return clock.Elapsed.TotalSeconds;
        }
        finally
        {
            File.Delete(from);
            File.Delete(to);
        }
    }
}
