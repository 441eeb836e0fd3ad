/**
 * Ways to hand items from coroutine to coroutine: a bounded {@link dev.asyncloop.channel.Channel} from some to some, a
 * {@link dev.asyncloop.channel.Topic} from some to all; and to and from Reactor. Tornado's {@code tornado.queues}, with an
 * end.
 */
@NullMarked
package dev.asyncloop.channel;

import org.jspecify.annotations.NullMarked;
