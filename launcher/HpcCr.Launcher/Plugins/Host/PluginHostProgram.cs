using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>The process that a plugin in .NET lives in. It speaks the same lines as any other plugin's, so that nothing in it can harm a launcher.</summary>
internal static class PluginHostProgram
{
    /// <summary>The word behind the launcher's program name.</summary>
    public const string Verb = "plugin-host";

    /// <summary>Runs until standard input ends.</summary>
    /// <param name="name">The plugin's name.</param>
    /// <param name="assembly">Its assembly.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string name, string assembly)
    {
        // What the plugin prints must not stand between the lines of the protocol.
        var lines = Console.OpenStandardOutput();
        Console.SetOut(Console.Error);
        try
        {
            var plugin = PluginAssembly.Load(assembly);
            await new PluginConversation(plugin, name, Console.OpenStandardInput(), lines).RunAsync();
            return ExitCodes.Done;
        }
        catch (HpcCrException e)
        {
            await Console.Error.WriteLineAsync(e.Sentence);
            return ExitCodes.Of(e.Kind);
        }
    }
}
