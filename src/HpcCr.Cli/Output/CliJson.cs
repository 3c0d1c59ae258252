using System.Text.Json.Serialization;
using HpcCr.Cli.Lab;

namespace HpcCr.Cli.Output;

/// <summary>JSON of the command line, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(StartedDocument))]
[JsonSerializable(typeof(EndedDocument))]
[JsonSerializable(typeof(JobDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(SlurmStatusDocument))]
[JsonSerializable(typeof(CheckpointDocument))]
[JsonSerializable(typeof(PlanDocument))]
[JsonSerializable(typeof(JobListDocument))]
[JsonSerializable(typeof(EpochListDocument))]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(ConnectionsDocument))]
[JsonSerializable(typeof(FilesDocument))]
[JsonSerializable(typeof(LogsDocument))]
[JsonSerializable(typeof(PruneDocument))]
[JsonSerializable(typeof(RemoveDocument))]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(PluginListDocument))]
[JsonSerializable(typeof(PluginTestDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(LabDocument))]
[JsonSerializable(typeof(LabDownDocument))]
[JsonSerializable(typeof(LabState))]
internal sealed partial class CliJson : JsonSerializerContext;
