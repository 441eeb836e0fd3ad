package peer;

record Greeting(String message, int number) {

    static final Greeting HELLO = new Greeting("Hello, world", 42);
}
