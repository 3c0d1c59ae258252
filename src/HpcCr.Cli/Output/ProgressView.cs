using Spectre.Console;

namespace HpcCr.Cli.Output;

/// <summary>Shows how far long work has come: a bar on a terminal, a line per step otherwise, nothing in JSON mode.</summary>
internal static class ProgressView
{
    /// <summary>Runs the work.</summary>
    /// <param name="terminal">The command's terminal.</param>
    /// <param name="work">The work; it tells a text and a part done from 0 to 1, or less than 0 when that is not known.</param>
    public static async Task<T> RunAsync<T>(Terminal terminal, Func<Action<string, double>, Task<T>> work)
    {
        if (terminal.IsJson) return await work((_, _) => { });
        if (Console.IsErrorRedirected) return await work(Lines());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress().AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("...", maxValue: 1);
                return await work((text, done) =>
                {
                    bar.Description = Markup.Escape(SafeText.Clean(text));
                    bar.IsIndeterminate = done < 0;
                    if (done >= 0) bar.Value = done;
                });
            });
    }

    private static Action<string, double> Lines()
    {
        var last = "";
        return (text, _) =>
        {
            if (text == last) return;
            last = text;
            Terminal.Note(text);
        };
    }
}
