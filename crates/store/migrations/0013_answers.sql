-- Requests are hashed in another way now: answers from before would be taken for other requests'.
DELETE FROM answers;
