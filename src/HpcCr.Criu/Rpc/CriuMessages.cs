using Google.Protobuf;
using HpcCr.Criu.Wire;

namespace HpcCr.Criu;

/// <summary>Messages over a connection of packets.</summary>
internal static class CriuMessages
{
    public static Task SendAsync(this CriuConnection connection, Request request, TimeSpan deadline, CancellationToken cancellationToken) =>
        connection.SendAsync(request.ToByteArray(), deadline, cancellationToken);

    public static async Task<Response> ReceiveResponseAsync(
        this CriuConnection connection, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var packet = await connection.ReceiveAsync(deadline, cancellationToken);
        var response = new Response();
        try
        {
            ProtobufReader.Merge(response, packet);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new EngineProtocolException($"the engine sent {packet.Length} bytes that are no message: {e.Message}", e);
        }

        if (!response.HasType || !response.HasSuccess)
            throw new EngineProtocolException("the engine sent a message without type or success");
        return response;
    }
}
