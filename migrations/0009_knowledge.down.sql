DROP TABLE conversational_knowledge_chunks;
DROP TABLE conversational_knowledge_documents;
DROP TABLE conversational_knowledge_bases;
DROP FUNCTION knowledge_vector(text, text, text, text);
