using System.Reflection;
using System.Runtime.Loader;
using HpcCr.Core;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>A plugin's assembly, in a load context of its own: it brings its own dependencies, and shares only the interface with us.</summary>
internal sealed class PluginAssembly : AssemblyLoadContext
{
    private static readonly string Shared = typeof(ICheckpointPlugin).Assembly.GetName().Name!;
    private readonly AssemblyDependencyResolver _dependencies;

    private PluginAssembly(string path)
        : base(Path.GetFileNameWithoutExtension(path)) => _dependencies = new AssemblyDependencyResolver(path);

    /// <summary>Loads an assembly and makes its plugin.</summary>
    /// <exception cref="HpcCrException">It cannot be loaded, or has not exactly one plugin.</exception>
    public static ICheckpointPlugin Load(string path)
    {
        try
        {
            var types = new PluginAssembly(path).LoadFromAssemblyPath(path).GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ICheckpointPlugin))).ToList();
            return types is [var type]
                ? (ICheckpointPlugin)Activator.CreateInstance(type)!
                : throw new HpcCrException(FailureKind.Usage, $"{path} has {types.Count} public classes that are a {nameof(ICheckpointPlugin)}", "A plugin's assembly has exactly one.");
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or MissingMemberException or TargetInvocationException or ReflectionTypeLoadException or UnauthorizedAccessException)
        {
            throw new HpcCrException(FailureKind.Unsupported, $"{path} cannot be loaded as a plugin: {(e.InnerException ?? e).Message}", "Build it for this version of HpcCr.Plugins.Abstractions.", e);
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == Shared ? null
        : _dependencies.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path)
        : null;

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _dependencies.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
