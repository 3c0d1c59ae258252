namespace HpcCr.Plugins.RdmaGuard;

/// <summary>Refuses epochs of jobs that hold a fast network's devices, with the settings that this very MPI needs to go without them.</summary>
public sealed class RdmaGuard : ICheckpointPlugin
{
    private const int Named = 3;

    // Read in the order of this list: an Open MPI on UCX is one on UCX.
    private static readonly (string Library, string Remedy)[] Families =
    [
        ("libucp.so", "UCX_TLS=tcp,self,sm"),
        ("libpsm2.so", "OMPI_MCA_pml=ob1 OMPI_MCA_btl=tcp,vader,self (Open MPI), or FI_PROVIDER=tcp (Intel MPI, MPICH)"),
        ("libfabric.so", "FI_PROVIDER=tcp"),
        ("libmpi_cray.so", "MPICH_OFI_NIC_POLICY is of no help here: use an MPI that can do without Slingshot, with FI_PROVIDER=tcp"),
        ("libopen-rte.so", "OMPI_MCA_pml=ob1 OMPI_MCA_btl=tcp,vader,self"),
        ("libopen-pal.so", "OMPI_MCA_pml=ob1 OMPI_MCA_btl=tcp,vader,self"),
    ];

    private static readonly string[] Devices = ["/dev/infiniband/", "/dev/hfi1", "/dev/cxi", "/dev/knem", "/dev/xpmem"];

    /// <inheritdoc/>
    public Task<QuiesceAnswer> QuiesceAsync(IPluginAttempt attempt, QuiesceEvent quiesce, CancellationToken cancellationToken)
    {
        var found = quiesce.Pids.Select(pid => (Pid: pid, Device: DeviceOf(pid))).Where(holder => holder.Device is not null).ToList();
        if (found.Count == 0)
            return Task.FromResult(new QuiesceAnswer());
        var holders = string.Join(", ", found.Take(Named).Select(holder => $"{Read(holder.Pid, "comm").TrimEnd('\n')} (pid {holder.Pid}) holds {holder.Device}"));
        var more = found.Count > Named ? $" and {found.Count - Named} more processes hold such devices" : "";
        var maps = Read(found[0].Pid, "maps");
        var remedy = Families.FirstOrDefault(family => maps.Contains(family.Library, StringComparison.Ordinal)).Remedy ?? "its library's setting for TCP";
        throw new PluginVetoException($"{holders}{more}, and what a network card knows of a program is in no memory that can be saved", $"Start the job with {remedy}.");
    }

    private static string? DeviceOf(int pid)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(link => new FileInfo(link).LinkTarget)
                .FirstOrDefault(target => target is not null && Devices.Any(device => target.StartsWith(device, StringComparison.Ordinal)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
