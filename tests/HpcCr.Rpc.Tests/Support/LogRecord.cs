using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HpcCr.Rpc.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecord : ILoggerFactory, ILogger
{
    public ConcurrentQueue<Exception> Exceptions { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && logLevel >= LogLevel.Error)
            Exceptions.Enqueue(exception);
    }

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
