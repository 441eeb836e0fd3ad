package peer;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/** Takes {@code virtual} or {@code raw}, and how many event loops there are (0: Vert.x's default). */
public class PeerApplication {

    public static void main(String[] arguments) {
        VertxOptions options = new VertxOptions();
        int loops = Integer.parseInt(arguments[1]);
        if (loops > 0) {
            options.setEventLoopPoolSize(loops);
        }
        boolean virtual = arguments[0].equals("virtual");
        Deployable verticle = virtual ? new VirtualThreadVerticle() : new RawVerticle();
        Vertx.vertx(options)
                .deployVerticle(
                        verticle,
                        new DeploymentOptions()
                                .setThreadingModel(virtual ? ThreadingModel.VIRTUAL_THREAD : ThreadingModel.EVENT_LOOP))
                .toCompletionStage()
                .toCompletableFuture()
                .join(); // or the JVM would end before there is an event loop
    }
}
