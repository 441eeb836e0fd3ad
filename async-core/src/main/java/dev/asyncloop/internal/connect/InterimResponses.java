package dev.asyncloop.internal.connect;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Leaves out what comes on a connection before the response proper, such as 103 (Early Hints). Reactor Netty does so with 100,
 * and takes any other for the response. For the handler behind the codec; only on the event loop.
 */
public final class InterimResponses {

    private static final int CONTINUE = 100;

    private static final int SWITCHING_PROTOCOLS = 101;

    private boolean within;

    /** Makes one for a connection on which nothing has come. */
    public InterimResponses() {}

    /** Returns whether a message belongs to such a response. Then it is released, and nobody else may see it. */
    public boolean take(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse response) {
            within = response.decoderResult().isSuccess()
                    && isInterim(response.status().code());
        }
        if (!within) {
            return false;
        }
        within = !(message instanceof LastHttpContent);
        ReferenceCountUtil.release(message);
        if (!within) {
            context.read(); // nobody above has seen anything, to ask for more
        }
        return true;
    }

    private static boolean isInterim(int status) {
        return HttpStatusClass.INFORMATIONAL.contains(status) && status != CONTINUE && status != SWITCHING_PROTOCOLS;
    }
}
