using System.Text.Json.Serialization;

namespace HpcCr.Core;

/// <summary>
/// The one form in which a node's part of a manifest is signed: one line, properties in the order of their declaration, and none that
/// has its default. So a property that a later version adds with a default does not undo the signatures of epochs that lack it.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ManifestNode))]
internal sealed partial class SigningJson : JsonSerializerContext;
