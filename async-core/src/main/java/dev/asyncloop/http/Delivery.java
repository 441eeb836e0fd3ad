package dev.asyncloop.http;

import dev.asyncloop.IOLoop;
import dev.asyncloop.Promise;
import dev.asyncloop.Task;
import org.jspecify.annotations.Nullable;

/** Where the outcome of an exchange goes: to who wants all of the response, or to who reads its body as it comes. */
sealed interface Delivery<T> {

    Task<T> task();

    /** Sets what is done when nobody wants the outcome any more. */
    void onCancel(Runnable action);

    /** Returns whether the body is wanted as it comes. */
    boolean streams();

    void fail(Throwable failure);

    /** Hands over a complete response. */
    void complete(FetchResponse response);

    /** Hands over a stream. */
    void open(FetchStream stream);

    /** The exchange has ended. */
    void ended();

    /** To who wants all of the response. */
    record Whole(Promise<FetchResponse> promise) implements Delivery<FetchResponse> {

        static Whole on(IOLoop loop, FetchRequest request) {
            return new Whole(loop.promise(request.toString()));
        }

        @Override
        public Task<FetchResponse> task() {
            return promise.task();
        }

        @Override
        public void onCancel(Runnable action) {
            promise.onCancel(action);
        }

        @Override
        public boolean streams() {
            return false;
        }

        @Override
        public void fail(Throwable failure) {
            promise.fail(failure);
        }

        @Override
        public void complete(FetchResponse response) {
            promise.succeed(response);
        }

        @Override
        public void open(FetchStream stream) {
            throw new IllegalStateException(stream + " was opened for who wants all of it");
        }

        @Override
        public void ended() {}
    }

    /**
     * To who reads the body as it comes.
     *
     * @param promise of the stream
     * @param life until the body has come to its end; belongs to the same coroutine, and is cancelled when that ends
     */
    record Streamed(Promise<FetchStream> promise, Promise<@Nullable Void> life) implements Delivery<FetchStream> {

        static Streamed on(IOLoop loop, FetchRequest request) {
            return new Streamed(loop.promise(request.toString()), loop.promise("the stream of " + request));
        }

        @Override
        public Task<FetchStream> task() {
            return promise.task();
        }

        @Override
        public void onCancel(Runnable action) {
            promise.onCancel(action);
            life.onCancel(action);
        }

        @Override
        public boolean streams() {
            return true;
        }

        @Override
        public void fail(Throwable failure) {
            promise.fail(failure);
        }

        @Override
        public void complete(FetchResponse response) {
            throw new IllegalStateException(response + " was completed for who wants a stream");
        }

        @Override
        public void open(FetchStream stream) {
            if (!promise.succeed(stream)) {
                stream.close();
            }
        }

        @Override
        public void ended() {
            life.succeed(null);
        }
    }
}
