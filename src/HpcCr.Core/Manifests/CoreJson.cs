using System.Text.Json.Serialization;

namespace HpcCr.Core;

/// <summary>JSON of the documents that are kept on disk, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ManifestNode))]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(SandboxRelocation))]
[JsonSerializable(typeof(AsideRecord))]
public sealed partial class CoreJson : JsonSerializerContext;
