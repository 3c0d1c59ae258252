using System.Text.Json.Serialization;

namespace HpcCr.Launcher;

/// <summary>JSON of plugin.json and of the lines to and from plugins. What is not known is refused: a misspelled word would else be a plugin that does nothing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(JsonStringEnumConverter<PluginFailurePolicy>), typeof(JsonStringEnumConverter<PluginUser>)])]
[JsonSerializable(typeof(PluginDescription))]
[JsonSerializable(typeof(HostLine))]
[JsonSerializable(typeof(PluginLine))]
internal sealed partial class PluginJson : JsonSerializerContext;
