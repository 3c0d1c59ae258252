using CommandLine;
using HpcCr.Cli.CommandLine;
using HpcCr.Cli.Jobs;
using HpcCr.Cli.Output;
using HpcCr.Store;

namespace HpcCr.Cli.Commands;

/// <summary><c>hpccr show</c>.</summary>
internal sealed class ShowCommand : CliCommand
{
    /// <summary>The epoch.</summary>
    [Value(0, MetaName = "CKPT", HelpText = "An epoch's folder, JOB/epoch-000003, or a job's name.")]
    public string? Epoch { get; set; }

    /// <summary>Its connections.</summary>
    [Option("connections", HelpText = "Every TCP connection of the job: both ends, what was in flight, where it went.")]
    public bool Connections { get; set; }

    /// <summary>Its files.</summary>
    [Option("files", HelpText = "Every file of the job: policy, size and offset at the cut, and what a restart would do with it.")]
    public bool Files { get; set; }

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(CommandContext context)
    {
        if (Connections && Files)
            throw new HpcCrException(FailureKind.Usage, "--connections and --files do not go together", "Ask for one of them.");
        var path = await EpochReference.ResolveAsync(Need(Epoch, "CKPT"), Coordinator, context.Cancelled);
        var (document, manifest) = EpochReader.ReadDocument(path);
        if (Connections) return ShowConnections(context.Out, path, manifest);
        if (Files) return ShowFiles(context.Out, path, manifest);
        Show(context.Out, path, manifest, SignatureCheck.Of(document, manifest));
        if (Json) Terminal.Document(manifest, CoreJson.Default.Manifest);
        return ExitCodes.Done;
    }

    private int ShowConnections(Terminal terminal, string path, Manifest manifest)
    {
        var cut = manifest.Cut ?? CutVerdict.Unproven;
        ConnectionDocument[] connections = [.. CutProof.Of(manifest.Nodes).Connections.Select(c => ConnectionViews.Of(c, cut))];
        terminal.Line($"job {manifest.Job}, epoch {manifest.Epoch}: cut {cut}, {connections.Length} connections");
        if (connections.Length > 0) terminal.Table(ConnectionViews.Headings, connections.Select(ConnectionViews.Row));
        if (Json)
            Terminal.Document(new ConnectionsDocument(manifest.Job, manifest.Epoch, path, cut, connections), CliJson.Default.ConnectionsDocument);
        return ExitCodes.Done;
    }

    private int ShowFiles(Terminal terminal, string path, Manifest manifest)
    {
        var files = FileViews.Of(path, manifest);
        terminal.Line($"job {manifest.Job}, epoch {manifest.Epoch}: {files.Count} files");
        if (files.Count > 0) terminal.Table(FileViews.Headings, files.Select(FileViews.Row));
        if (Json) Terminal.Document(new FilesDocument(manifest.Job, manifest.Epoch, path, files), CliJson.Default.FilesDocument);
        return ExitCodes.Done;
    }

    private static void Show(Terminal terminal, string path, Manifest manifest, SignatureCheck signature)
    {
        var phases = manifest.Phases;
        terminal.Facts(
        [
            ("job", $"{manifest.Job}, epoch {manifest.Epoch}{(manifest.Stopped ? " (the job ended with it)" : "")}"),
            ("command", string.Join(' ', manifest.Spec.Command)),
            ("path", path),
            ("time", Quantity.Time(manifest.Time)),
            ("software", $"{manifest.Software}, {manifest.Engine}"),
            ("pause", Quantity.Milliseconds(manifest.PauseMilliseconds)),
            ("bytes", Quantity.Bytes(manifest.TotalBytes)),
            ("connections", $"{EpochViews.Connections(manifest)}"),
            ("cut", manifest.Cut ?? CutVerdict.Unproven),
            ("signature", signature.Text),
            ("refreezes", $"{manifest.Refreezes}"),
        ]);
        terminal.Table(["quiesce>", "freeze>", "drain>", "lock>", "dump>", "resume>", "seal>", "commit>"],
        [
            [.. ((double[])[phases.Quiesce, phases.Freeze, phases.Drain, phases.Lock, phases.Dump, phases.Resume, phases.Seal, phases.Commit])
                .Select(Quantity.Milliseconds)],
        ]);
        terminal.Table(["node", "addresses", "pause>", "processes>", "files>", "bytes>", "connection ends>", "in flight before>", "after>"],
            manifest.Nodes.Select(node => (IReadOnlyList<string>)
            [
                node.Node, string.Join(' ', node.Addresses), Quantity.Milliseconds(node.PauseMilliseconds), $"{node.Processes}", $"{node.Files.Count}",
                Quantity.Bytes(node.Files.Sum(file => file.Size)), $"{node.Connections.Count}",
                Quantity.Bytes(node.Connections.Sum(c => c.InFlightBefore)), Quantity.Bytes(node.Connections.Sum(c => c.InFlightAfter)),
            ]));
        var files = manifest.Nodes.SelectMany(node => node.JobFiles.Select(file => (node.Node, File: file))).ToList();
        if (files.Count > 0)
            terminal.Table(["node", "policy", "size at the cut>", "file of the job"],
                files.Select(f => (IReadOnlyList<string>)[f.Node, $"{f.File.Policy}", Quantity.Bytes(f.File.Size), f.File.Path]));
    }
}
