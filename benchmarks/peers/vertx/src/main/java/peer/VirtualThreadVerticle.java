package peer;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Vert.x Web as it is meant for virtual threads: handlers that await. */
class VirtualThreadVerticle extends VerticleBase {

    private final Set<ServerWebSocket> room = new HashSet<>();

    private WebClient http;

    @Override
    public Future<?> start() {
        http = WebClient.create(vertx, new WebClientOptions(), Work.POOL);
        Router router = Router.router(vertx);
        router.get("/hello").handler(context -> context.json(Work.hello()));
        router.get("/fetch").handler(this::fetch);
        router.get("/ten").handler(this::ten);
        router.get("/sleep").handler(this::sleep);
        return vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(Work.PORT))
                .requestHandler(router)
                .webSocketHandler(this::socket)
                .listen();
    }

    private void fetch(RoutingContext context) {
        HttpResponse<Buffer> response = http.getAbs(Work.UPSTREAM).send().await();
        context.json(response.bodyAsJsonObject());
    }

    private void ten(RoutingContext context) {
        List<Future<HttpResponse<Buffer>>> fetches = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            fetches.add(http.getAbs(Work.UPSTREAM).send());
        }
        JsonArray greetings = new JsonArray();
        for (Future<HttpResponse<Buffer>> fetch : fetches) {
            greetings.add(fetch.await().bodyAsJsonObject());
        }
        context.json(greetings);
    }

    private void sleep(RoutingContext context) {
        vertx.timer(50, TimeUnit.MILLISECONDS).await();
        context.json(Work.hello());
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
