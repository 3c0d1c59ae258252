using HpcCr.Core;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Looks for everything that would stand in the way of a restore on this node, and changes nothing.</summary>
internal static class PlanRestoreStep
{
    private static readonly IReadOnlyList<IRestoreCheck> Checks =
    [
        new JobCheck(), new EngineCheck(), new KernelCheck(), new ProcessorCheck(), new UserCheck(), new AddressCheck(), new PortCheck(),
        new MountCheck(), new PathCheck(), new JobFileCheck(), new RootAccessCheck(), new SpaceCheck(), new PluginCheck(), new OutsideCheck(),
    ];

    public static Reply Run(PlanRestore request, LauncherOptions options, SigningKey key, bool jobIsHere, NodeFacts node)
    {
        var manifest = SignedManifest.Read(request.ManifestJson, request.SpecJson, request.EpochPath, key);
        var relocation = RelocationJson.Read(request.RelocationJson);
        var sandbox = manifest.Nodes.Single(n => n.Node == relocation.Place.Sandbox);
        var target = new RestoreTarget(manifest, sandbox, new MovedSockets(sandbox, relocation), options, node, jobIsHere) { EpochPath = request.EpochPath, Treatment = request.Files.ToCore() };
        var found = Checks.Select(check => (check.Name, Finding: check.Look(target))).ToList();
        var damage = target.Store.Run(() => ImageFaults(request.EpochPath, sandbox).Concat(PathRights.FaultsOf(sandbox, manifest.Spec.Uid)).ToList());
        return new Reply
        {
            RestorePlanned = new RestorePlanned
            {
                Faults = { found.SelectMany(f => f.Finding.Faults).Select(fault => $"{options.Node}: {fault}") },
                Damage = { damage },
                Next = damage.Count == 0 ? "" : GoodEpochs.Advice(request.EpochPath, manifest.Job, target.Store, key),
                Files = { target.Files.Where(_ => target.Treatment != Core.FileTreatment.Keep).Select(f => $"{f.Record.Path} {f.Outlook.Text}") },
                Checks = { found.Select(f => ToCheck(options.Node, f.Name, f.Finding)) },
            },
        };
    }

    private static PlanCheck ToCheck(string node, string name, RestoreFinding finding) => new()
    {
        Node = node,
        Name = name,
        Ok = finding.Faults.Count == 0,
        Text = finding.Faults.Count == 0 ? finding.Text : string.Join("; ", finding.Faults),
    };

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
}
