using System.Net;
using System.Net.NetworkInformation;
using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Protocol.V1;
using HpcCr.Store;
using TcpState = HpcCr.Linux.TcpState;

namespace HpcCr.Launcher;

/// <summary>Looks for everything that would stand in the way of a restore on this node, and changes nothing.</summary>
internal static class PlanRestoreStep
{
    public static Reply Run(PlanRestore request, LauncherOptions options, SigningKey key, bool jobIsHere, string? engineFault)
    {
        var manifest = SignedManifest.Read(request.ManifestJson, request.SpecJson, request.EpochPath, key);
        var relocation = RelocationJson.Read(request.RelocationJson);
        var sandbox = manifest.Nodes.Single(n => n.Node == relocation.Place.Sandbox);
        var store = new StoreAccess(manifest.Spec);
        List<string> faults = [];
        if (jobIsHere)
            faults.Add($"{options.Node}: job {manifest.Job} still has a sandbox here");
        if (engineFault is not null)
            faults.Add($"{options.Node}: {engineFault}");
        faults.AddRange(Addresses(sandbox, relocation).Select(a => $"{options.Node}: the address {a} is not here any more; restart its launcher, so that it tells the coordinator"));
        faults.AddRange(Ports(sandbox).Select(p => $"{options.Node}: port {p} is taken by another program"));
        faults.AddRange(store.Run(() => FileFaults(sandbox, manifest.Spec).ToList()).Select(f => $"{options.Node}: {f}"));
        if (FreeSpace.Of(options.Run.Root) is var free && options.Staging is null && free < sandbox.Files.Sum(f => f.Size))
            faults.Add($"{options.Node}: {options.Run.Root} has {free >> 20} MiB free, the images take {sandbox.Files.Sum(f => f.Size) >> 20} MiB");
        var damage = store.Run(() => ImageFaults(request.EpochPath, sandbox).ToList());
        return new Reply
        {
            RestorePlanned = new RestorePlanned
            {
                Faults = { faults },
                Damage = { damage },
                Next = damage.Count == 0 ? "" : GoodEpochs.Advice(request.EpochPath, manifest.Job, store, key),
                Files = { sandbox.JobFiles.Select(f => $"{f.Path} is put back to {f.Size} bytes") },
            },
        };
    }

    private static IEnumerable<string> Addresses(ManifestNode sandbox, SandboxRelocation relocation)
    {
        var here = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address.ToString().Split('%')[0]).ToHashSet();
        return new MovedSockets(sandbox, relocation).Connections.Select(c => IPEndPoint.Parse(c.Local).Address).Distinct()
            .Where(a => !IPAddress.IsLoopback(a) && !here.Contains(a.ToString().Split('%')[0])).Select(a => a.ToString());
    }

    private static IEnumerable<int> Ports(ManifestNode sandbox)
    {
        var taken = SockDiag.ListTcp().Where(s => s.State == TcpState.Listen).Select(s => s.Local.Port).ToHashSet();
        return sandbox.Listeners.Select(l => IPEndPoint.Parse(l).Port).Distinct().Where(taken.Contains);
    }

    private static IEnumerable<string> ImageFaults(string epochPath, ManifestNode sandbox)
    {
        foreach (var file in sandbox.Files)
        {
            var info = new FileInfo(Path.Combine(epochPath, sandbox.Node, file.Path));
            if (ImagePath.FaultOf(epochPath, $"{sandbox.Node}/{file.Path}") is { } fault)
                yield return $"{info.FullName} {fault}";
            else if (!info.Exists || info.Length != file.Size)
                yield return info.Exists ? $"{info.FullName} has {info.Length} bytes instead of {file.Size}" : $"{info.FullName} is missing";
        }

        foreach (var extra in EpochVerifier.ExtraFiles(epochPath, sandbox))
            yield return $"{Path.Combine(epochPath, extra)} is not in the manifest";
    }

    private static IEnumerable<string> FileFaults(ManifestNode sandbox, JobSpec spec)
    {
        foreach (var file in sandbox.JobFiles)
        {
            var info = new FileInfo(file.Path);
            if (!info.Exists)
                yield return $"{file.Path}, which the job writes to, is gone";
            else if (info.Length < file.Size)
                yield return $"{file.Path} has {info.Length} bytes, fewer than the {file.Size} at the cut";
        }

        if (!Directory.Exists(spec.WorkingDirectory))
            yield return $"the working directory {spec.WorkingDirectory} is gone";
    }
}
