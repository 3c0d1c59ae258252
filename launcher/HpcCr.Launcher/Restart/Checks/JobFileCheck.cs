using HpcCr.Core;
using HpcCr.Linux;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>The files of the job can be put back; or they are there, or as they were, where nothing is to be done with them.</summary>
internal sealed class JobFileCheck : IRestoreCheck
{
    public string Name => "files";

    public RestoreFinding Look(RestoreTarget target) => target.Treatment switch
    {
        FileTreatment.Keep => new("left as they are",
            target.Store.Run(() => target.Sandbox.JobFiles.Where(f => f.IsPutBack && f.Policy != FilePolicy.Deleted && f.Offset >= 0 && !File.Exists(f.Path)).Select(f => $"{f.Path}, which the job has open, is gone").ToList())),
        FileTreatment.Check => new($"{target.Files.Count} as at the cut", [.. target.Files.Where(f => !f.Outlook.IsAsAtCut).Select(Difference), .. New(target)]),
        _ => Rollback(target),
    };

    private static RestoreFinding Rollback(RestoreTarget target)
    {
        var files = target.Files;
        return new($"{files.Count} that are put back", target.Store.Run(() => files.SelectMany(Faults).ToList()));
    }

    private static string Difference((FileRecord Record, FileOutlook Outlook) file) =>
        file.Outlook.Fault ?? $"{file.Record.Path} is not as at the cut (by rollback it {file.Outlook.Text})";

    private static IEnumerable<string> New(RestoreTarget target) =>
        NewMatches.Of(target.Manifest, target.Sandbox, target.Options.Run.Sandbox(target.Manifest.Spec.KeyOf(target.Sandbox.Node)), target.Store)
            .Select(path => $"{path} was not there at the cut");

    private static IEnumerable<string> Faults((FileRecord Record, FileOutlook Outlook) file)
    {
        if (file.Outlook.Fault is { } fault)
            yield return fault;
        else if (!MayPutBack(file.Record.Path))
            yield return $"{file.Record.Path} may not be written by the job's user";
    }

    private static bool MayPutBack(string path)
    {
        while (!Path.Exists(path))
            path = Path.GetDirectoryName(path) ?? "/";
        return FileRights.May(path, write: true);
    }
}
