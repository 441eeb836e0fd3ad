package peer;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** The least that Vert.x can do: callbacks on the event loop, without a router. */
class RawVerticle extends VerticleBase {

    private final RequestOptions upstream =
            new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(Work.UPSTREAM);

    private final Set<ServerWebSocket> room = new HashSet<>();

    private HttpClient http;

    @Override
    public Future<?> start() {
        http = vertx.createHttpClient(Work.POOL);
        return vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(Work.PORT))
                .requestHandler(this::handle)
                .webSocketHandler(this::socket)
                .listen();
    }

    private void handle(HttpServerRequest request) {
        switch (request.path()) {
            case "/hello" -> answer(request, Work.hello().toBuffer());
            case "/fetch" -> fetch().onSuccess(greeting -> answer(request, greeting.toBuffer()));
            case "/ten" ->
                Future.all(IntStream.range(0, 10).mapToObj(i -> fetch()).toList())
                        .onSuccess(all -> answer(request, new JsonArray(all.list()).toBuffer()));
            case "/sleep" ->
                vertx.setTimer(50, id -> answer(request, Work.hello().toBuffer()));
            default -> request.response().setStatusCode(404).end();
        }
    }

    private Future<JsonObject> fetch() {
        return http.request(upstream)
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body)
                .map(Buffer::toJsonObject);
    }

    private static void answer(HttpServerRequest request, Buffer json) {
        request.response().putHeader("content-type", "application/json").end(json);
    }

    private void socket(ServerWebSocket socket) {
        if (socket.path().equals("/echo")) {
            socket.textMessageHandler(socket::writeTextMessage);
        } else {
            room.add(socket);
            socket.closeHandler(closed -> room.remove(socket));
            socket.textMessageHandler(text -> room.forEach(each -> each.writeTextMessage(text)));
        }
    }
}
