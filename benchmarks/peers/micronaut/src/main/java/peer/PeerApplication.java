package peer;

import io.micronaut.runtime.Micronaut;

public class PeerApplication {

    public static void main(String[] arguments) {
        Micronaut.run(PeerApplication.class, arguments);
    }
}
