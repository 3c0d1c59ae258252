using System.Reflection;

namespace HpcCr.Plugins.Abstractions.Tests;

/// <summary>All that is public in an assembly, a line each, in the words that a reader of C# knows.</summary>
internal static class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // What the compiler adds to a record says nothing that the record's properties do not.
    private static readonly string[] OfRecords = ["ToString", "GetHashCode", "Equals", "<Clone>$", "op_Equality", "op_Inequality", "Deconstruct"];

    public static IEnumerable<string> Of(Assembly assembly) =>
        assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(type => Members(type).Order(StringComparer.Ordinal).Prepend(Head(type)));

    private static string Head(Type type) => $"{(type.IsInterface ? "interface" : "class")} {type.FullName}{(type.BaseType is { } parent && parent != typeof(object) ? $" : {Name(parent)}" : "")}";

    private static IEnumerable<string> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared))
            yield return $"  {Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";
        foreach (var property in type.GetProperties(Declared))
            yield return $"  {Name(property.PropertyType)} {property.Name} {{ get;{(property.CanWrite ? " init;" : "")} }}";
        foreach (var constructor in type.GetConstructors(Declared))
            yield return $"  {type.Name}({Parameters(constructor)})";
        foreach (var method in type.GetMethods(Declared).Where(m => (!m.IsSpecialName || type.IsInterface) && !m.Name.StartsWith("get_", StringComparison.Ordinal) && !OfRecords.Contains(m.Name)))
            yield return $"  {Name(method.ReturnType)} {method.Name}({Parameters(method)}){(type.IsInterface && !method.IsAbstract ? " has a default" : "")}";
    }

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "null"}" : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
