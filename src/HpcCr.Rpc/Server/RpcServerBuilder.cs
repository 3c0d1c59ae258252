using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HpcCr.Rpc;

/// <summary>Puts a server together: services, and where it listens.</summary>
/// <remarks>Nothing of the environment comes in: no appsettings.json of the working directory, no variables, no signal handlers.</remarks>
public sealed class RpcServerBuilder
{
    private readonly List<(ServerServiceDefinition Definition, int? MostBytes)> _services = [];
    private readonly List<Action<KestrelServerOptions>> _listeners = [];

    /// <summary>Limits and rules of the calls.</summary>
    public GrpcServerOptions Options { get; init; } = new();

    /// <summary>When to ping clients.</summary>
    public RpcKeepAlive KeepAlive { get; init; } = RpcKeepAlive.Default;

    /// <summary>Where faults of handlers and of the server are logged; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>How long handlers may take to end once the server stops.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Adds a service.</summary>
    /// <param name="service">What the generated BindService returns for an implementation.</param>
    /// <param name="mostBytes">The longest message that it accepts, in bytes; null: as <see cref="Options"/> say.</param>
    public RpcServerBuilder AddService(ServerServiceDefinition service, int? mostBytes = null)
    {
        ArgumentNullException.ThrowIfNull(service);
        _services.Add((service, mostBytes));
        return this;
    }

    /// <summary>Listens on a unix socket; see <see cref="ServerTransport.ListenUnix"/>.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="mode">Who may connect.</param>
    /// <param name="admit">Whether a caller may have one more connection; see <see cref="ServerTransport.ListenUnix"/>.</param>
    public RpcServerBuilder ListenUnix(string path, UnixFileMode mode, Func<PeerCredentials, IDisposable?>? admit = null)
    {
        _listeners.Add(kestrel => kestrel.ListenUnix(path, mode, KeepAlive, admit));
        return this;
    }

    /// <summary>Listens on TCP for members of the cluster; see <see cref="ServerTransport.ListenTcp"/>.</summary>
    /// <param name="endpoint">Address and port; port 0 takes a free one.</param>
    /// <param name="clusterKey">The cluster's key.</param>
    public RpcServerBuilder ListenTcp(IPEndPoint endpoint, ClusterKey clusterKey)
    {
        _listeners.Add(kestrel => kestrel.ListenTcp(endpoint, clusterKey, KeepAlive));
        return this;
    }

    /// <summary>Starts the server.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="IOException">It cannot listen where it should.</exception>
    public async Task<RpcServer> StartAsync(CancellationToken cancellationToken = default)
    {
        if (_listeners.Count == 0)
            throw new InvalidOperationException("a server without ListenUnix or ListenTcp reaches nobody");
        var app = Build();
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
        return new RpcServer(app);
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        if (LoggerFactory is not null)
            builder.Services.AddSingleton(LoggerFactory);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => _listeners.ForEach(listen => listen(kestrel)));
        var app = builder.Build();
        var stopping = CancellationTokenSource.CreateLinkedTokenSource(Options.Stopping, app.Lifetime.ApplicationStopping);
        app.Lifetime.ApplicationStopped.Register(stopping.Dispose);
        foreach (var (definition, mostBytes) in _services)
            app.MapGrpcService(definition, Options with { Stopping = stopping.Token, MaxReceiveMessageSize = mostBytes ?? Options.MaxReceiveMessageSize });
        return app;
    }
}
