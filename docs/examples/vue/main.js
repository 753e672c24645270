import { createApp } from "vue";
import Chat from "./Chat.vue";

// Your server writes the ticket into the page: <div id="chat" data-ticket="…"></div>
const place = document.getElementById("chat");
createApp(Chat, { ticket: place.dataset.ticket }).mount(place);
