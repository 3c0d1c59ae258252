using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace HpcCr.Cli.Output;

/// <summary>Where a command says things: its result on standard output, everything else on standard error.</summary>
/// <param name="isJson">Whether standard output is for one JSON document alone.</param>
internal sealed class Terminal(bool isJson)
{
    private const int WidthOfFiles = 10_000;

    /// <summary>Whether standard output is for one JSON document alone.</summary>
    public bool IsJson => isJson;

    /// <summary>Writes the command's one JSON document.</summary>
    public static void Document<T>(T document, JsonTypeInfo<T> type)
    {
        // Quotes and letters of other languages as they are; control characters are escaped all the same.
        var readable = new JsonSerializerOptions(type.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        Console.Out.WriteLine(JsonSerializer.Serialize(document, (JsonTypeInfo<T>)readable.GetTypeInfo(typeof(T))));
    }

    /// <summary>Says a line of the result; nothing in JSON mode.</summary>
    public void Line(string text)
    {
        if (!isJson) Console.Out.WriteLine(SafeText.Clean(text));
    }

    /// <summary>Says something that is not the result.</summary>
    public static void Note(string text) => Console.Error.WriteLine($"hpccr: {SafeText.Clean(text)}");

    /// <summary>Shows a table; nothing in JSON mode.</summary>
    /// <param name="columns">Headings; those that end with '&gt;' belong to numbers and are aligned to the right.</param>
    /// <param name="rows">Cells, as text from anywhere.</param>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (isJson) return;
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded };
        foreach (var column in columns)
        {
            var added = new TableColumn(new Text(column.TrimEnd('>')));
            table.AddColumn(column.EndsWith('>') ? added.RightAligned() : added);
        }

        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(SafeText.Clean(cell))));
        Write(table);
    }

    /// <summary>Shows names with their values; nothing in JSON mode.</summary>
    public void Facts(IEnumerable<(string Name, string Value)> facts)
    {
        if (isJson) return;
        var listed = facts.ToList();
        var width = listed.Max(fact => fact.Name.Length) + 2;
        foreach (var (name, value) in listed) Console.Out.WriteLine(name.PadRight(width) + SafeText.Clean(value));
    }

    // On a terminal as wide as it is; in a file lines are never broken, and end where their text does.
    private static void Write(Table table)
    {
        if (!Console.IsOutputRedirected)
        {
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) }).Write(table);
            return;
        }

        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = WidthOfFiles;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd().Split('\n')) Console.Out.WriteLine(line.TrimEnd());
    }
}
