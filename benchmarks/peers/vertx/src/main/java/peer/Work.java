package peer;

import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;

final class Work {

    static final int PORT = Integer.parseInt(System.getenv("PORT"));

    static final String UPSTREAM = System.getenv("UPSTREAM");

    /** The default of 5 is less than the load asks for at once; see the peers' README. */
    static final PoolOptions POOL = new PoolOptions().setHttp1MaxSize(100);

    private Work() {}

    static JsonObject hello() {
        return new JsonObject().put("message", "Hello, world").put("number", 42);
    }
}
